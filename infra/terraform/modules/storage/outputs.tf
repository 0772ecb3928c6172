output "file_system_id" {
  value      = aws_efs_file_system.artifacts.id
  depends_on = [aws_efs_mount_target.artifacts]
}

output "backup_bucket" {
  value = aws_s3_bucket.backups.bucket
}
