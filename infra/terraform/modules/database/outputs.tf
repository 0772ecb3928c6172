output "secret_arn" {
  value = aws_secretsmanager_secret.this.arn
}

output "url" {
  value     = jsondecode(aws_secretsmanager_secret_version.this.secret_string).url
  sensitive = true
}
