# The chart of this repository on the cluster, its images' repositories, and the secret it asks for.

locals {
  # Every process of ours and its image: the same as in docker-compose.yml.
  processes = {
    migrate        = "sdp/migrate"
    ingest-stats   = "sdp/ingestion"
    ingest-odds    = "sdp/ingestion"
    ingest-weather = "sdp/ingestion"
    ingest-injury  = "sdp/ingestion"
    ingest-dfs     = "sdp/ingestion"
    features       = "sdp/features"
    training       = "sdp/training"
    inference      = "sdp/inference"
    sim-engine     = "sdp/sim-engine"
    optimizer      = "sdp/optimizer"
    backend-api    = "sdp/api"
    frontend       = "sdp/frontend"
  }
  registry = split("/", values(aws_ecr_repository.this)[0].repository_url)[0]
}

resource "aws_ecr_repository" "this" {
  for_each             = toset(values(local.processes))
  name                 = "${var.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each   = aws_ecr_repository.this
  repository = each.value.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the last thirty"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 30 }
      action       = { type = "expire" }
    }]
  })
}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name   = "sdp"
    labels = { "pod-security.kubernetes.io/enforce" = "restricted" }
  }
}

resource "kubernetes_secret_v1" "database" {
  metadata {
    name      = "sdp-database"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  data = {
    url = var.database_url
  }
}

resource "kubernetes_storage_class_v1" "artifacts" {
  metadata {
    name = "efs"
  }

  storage_provisioner = "efs.csi.aws.com"
  reclaim_policy      = "Retain"
  parameters = {
    provisioningMode = "efs-ap"
    fileSystemId     = var.file_system_id
    directoryPerms   = "750"
    uid              = "10001"
    gid              = "10001"
  }
}

resource "helm_release" "this" {
  name      = "sdp"
  namespace = kubernetes_namespace_v1.this.metadata[0].name
  chart     = "${path.module}/../../../../deploy/helm/sdp"
  timeout   = 900
  wait      = true

  values = [yamlencode({
    image     = { prefix = "${local.registry}/${var.name}/", tag = var.image_tag }
    database  = { secret = kubernetes_secret_v1.database.metadata[0].name, inside = false }
    artifacts = { storageClass = kubernetes_storage_class_v1.artifacts.metadata[0].name, accessMode = "ReadWriteMany" }
    processes = var.sizes
    api       = { replicas = var.web_replicas }
    frontend  = { replicas = var.web_replicas, trustedProxies = [var.network_cidr] }
    ingress   = { host = var.host, tlsSecret = var.tls_secret }
    settings  = merge({ SDP_LOG_LEVEL = "INFO", SDP_SECURE_COOKIES = tostring(var.tls_secret != "") }, var.settings)
  })]

  lifecycle {
    precondition {
      condition     = length(setsubtract(keys(var.sizes), keys(local.processes))) == 0
      error_message = "sizes names a process that there is not."
    }
  }
}
