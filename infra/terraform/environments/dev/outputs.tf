output "repositories" {
  description = "Where to push each image."
  value       = module.release.repositories
}

output "backup_bucket" {
  description = "For exports of the database."
  value       = module.storage.backup_bucket
}
