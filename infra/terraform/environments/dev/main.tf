module "network" {
  source        = "../../modules/network"
  name          = local.name
  zones         = 2
  gate_per_zone = false
}

module "cluster" {
  source              = "../../modules/cluster"
  name                = local.name
  subnet_ids          = module.network.private_subnet_ids
  instance_types      = ["m7i.xlarge"]
  nodes               = { min = 1, max = 2 }
  administrator_cidrs = var.administrator_cidrs
}

module "database" {
  source                   = "../../modules/database"
  name                     = local.name
  environment              = local.environment
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  client_security_group_id = module.cluster.security_group_id
  instance_class           = "db.t4g.medium"
  storage_gb               = 20
  backup_days              = 1
  protected                = false
}

module "storage" {
  source                   = "../../modules/storage"
  name                     = local.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  client_security_group_id = module.cluster.security_group_id
  backup_days              = 7
  protected                = false
}

module "release" {
  source         = "../../modules/release"
  name           = local.name
  image_tag      = var.image_tag
  database_url   = module.database.url
  file_system_id = module.storage.file_system_id
  network_cidr   = module.network.cidr
  host           = var.host
  tls_secret     = ""
  web_replicas   = 1

  sizes = {
    inference  = { maxReplicas = 1 }
    optimizer  = { maxReplicas = 1 }
    sim-engine = { maxReplicas = 1 }
  }
}
