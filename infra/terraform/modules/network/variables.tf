variable "name" {
  description = "Before the names of everything in the network."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network, a /16."
  type        = string
  default     = "10.20.0.0/16"
}

variable "zones" {
  description = "How many availability zones."
  type        = number
  default     = 2

  validation {
    condition     = var.zones >= 2
    error_message = "The cluster and the database want at least two zones."
  }
}

variable "gate_per_zone" {
  description = "A NAT gateway in every zone, so that one zone's end does not close the others' way out."
  type        = bool
  default     = false
}
