variable "name" {
  description = "Name of the cluster."
  type        = string
}

variable "kubernetes_version" {
  description = "Version of Kubernetes."
  type        = string
  default     = "1.33"
}

variable "subnet_ids" {
  description = "Private subnets in at least two zones."
  type        = list(string)
}

variable "instance_types" {
  description = "Kinds of node; a simulation wants 4 GiB to itself."
  type        = list(string)
}

variable "nodes" {
  description = "Fewest and most nodes."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.nodes.min >= 1 && var.nodes.max >= var.nodes.min
    error_message = "At least one node, and no more at least than at most."
  }
}

variable "administrator_cidrs" {
  description = "From where the cluster may be administered; from inside the network alone where empty."
  type        = list(string)
  default     = []

  validation {
    condition     = !contains(var.administrator_cidrs, "0.0.0.0/0")
    error_message = "Not from everywhere: name your own networks."
  }
}
