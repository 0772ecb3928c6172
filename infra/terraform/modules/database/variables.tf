variable "name" {
  description = "Identifier of the instance."
  type        = string
}

variable "environment" {
  description = "Part of the secret's name."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in at least two zones."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Who may connect."
  type        = string
}

variable "instance_class" {
  description = "Size of the instance."
  type        = string
}

variable "storage_gb" {
  description = "Storage at the start; it grows to four times that by itself."
  type        = number
}

variable "backup_days" {
  description = "For how many days it can be set back to any moment."
  type        = number
}

variable "protected" {
  description = "A standby in another zone, no deletion, a last snapshot."
  type        = bool
}
