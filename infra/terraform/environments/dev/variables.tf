variable "region" {
  description = "The cloud's region."
  type        = string
}

variable "host" {
  description = "The name under which the app is reached."
  type        = string
}

variable "image_tag" {
  description = "The version to run."
  type        = string
}

variable "administrator_cidrs" {
  description = "From where the cluster may be administered."
  type        = list(string)
}
