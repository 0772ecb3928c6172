# A file system for the models, shared by the nodes, and a bucket for the database's exports.

resource "aws_security_group" "this" {
  name        = "${var.name}-artifacts"
  description = "NFS from the cluster"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "cluster" {
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.client_security_group_id
  description                  = "The nodes"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

resource "aws_efs_file_system" "artifacts" {
  creation_token   = "${var.name}-artifacts"
  encrypted        = true
  throughput_mode  = "elastic"
  performance_mode = "generalPurpose"
  tags             = { Name = "${var.name}-artifacts" }
}

resource "aws_efs_backup_policy" "artifacts" {
  file_system_id = aws_efs_file_system.artifacts.id

  backup_policy {
    status = var.protected ? "ENABLED" : "DISABLED"
  }
}

resource "aws_efs_mount_target" "artifacts" {
  count           = length(var.subnet_ids)
  file_system_id  = aws_efs_file_system.artifacts.id
  subnet_id       = var.subnet_ids[count.index]
  security_groups = [aws_security_group.this.id]
}

resource "aws_s3_bucket" "backups" {
  bucket_prefix = "${var.name}-backups-"
  force_destroy = !var.protected
}

resource "aws_s3_bucket_public_access_block" "backups" {
  bucket                  = aws_s3_bucket.backups.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "backups" {
  bucket = aws_s3_bucket.backups.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "backups" {
  bucket = aws_s3_bucket.backups.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "backups" {
  bucket = aws_s3_bucket.backups.id

  rule {
    id     = "forget"
    status = "Enabled"
    filter {}

    expiration {
      days = var.backup_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }
}
