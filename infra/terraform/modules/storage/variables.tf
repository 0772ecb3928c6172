variable "name" {
  description = "Before the names of what is made."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "The nodes' subnets."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Whose nodes may mount the file system."
  type        = string
}

variable "backup_days" {
  description = "After how many days an export is forgotten."
  type        = number
}

variable "protected" {
  description = "Back the models up, and keep a bucket that is not empty."
  type        = bool
}
