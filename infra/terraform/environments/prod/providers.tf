terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
    helm = {
      source  = "hashicorp/helm"
      version = "~> 3.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 2.35"
    }
  }

  # Which bucket, you say: terraform init -backend-config=bucket=<yours>. The state holds secrets: encrypted, yours alone.
  backend "s3" {
    key          = "sdp/prod.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

locals {
  environment = "prod"
  name        = "sdp-prod"
  cluster_login = {
    api_version = "client.authentication.k8s.io/v1"
    command     = "aws"
    args        = ["eks", "get-token", "--region", var.region, "--cluster-name", local.name]
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { project = "sdp", environment = local.environment }
  }
}

provider "kubernetes" {
  host                   = module.cluster.endpoint
  cluster_ca_certificate = module.cluster.certificate_authority

  exec {
    api_version = local.cluster_login.api_version
    command     = local.cluster_login.command
    args        = local.cluster_login.args
  }
}

provider "helm" {
  kubernetes = {
    host                   = module.cluster.endpoint
    cluster_ca_certificate = module.cluster.certificate_authority
    exec                   = local.cluster_login
  }
}
