variable "name" {
  description = "Before the names of the image repositories."
  type        = string
}

variable "image_tag" {
  description = "The version to run; its images must have been pushed."
  type        = string
}

variable "database_url" {
  description = "Where the database is, with user and password."
  type        = string
  sensitive   = true
}

variable "file_system_id" {
  description = "The shared file system for the models."
  type        = string
}

variable "network_cidr" {
  description = "The cluster's network: from there the ingress controller speaks for others."
  type        = string
}

variable "host" {
  description = "The name under which the app is reached."
  type        = string
}

variable "tls_secret" {
  description = "The Secret with the certificate; plain HTTP where empty."
  type        = string
  default     = ""
}

variable "web_replicas" {
  description = "How many of the API and of the frontend."
  type        = number
}

variable "sizes" {
  description = "What differs from the chart's own sizes, by process."
  type        = any
  default     = {}
}

variable "settings" {
  description = "Further settings, SDP_*."
  type        = map(string)
  default     = {}
}
