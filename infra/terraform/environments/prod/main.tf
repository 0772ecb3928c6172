module "network" {
  source        = "../../modules/network"
  name          = local.name
  zones         = 3
  gate_per_zone = true
}

module "cluster" {
  source              = "../../modules/cluster"
  name                = local.name
  subnet_ids          = module.network.private_subnet_ids
  instance_types      = ["m7i.2xlarge"]
  nodes               = { min = 2, max = 6 }
  administrator_cidrs = var.administrator_cidrs
}

module "database" {
  source                   = "../../modules/database"
  name                     = local.name
  environment              = local.environment
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  client_security_group_id = module.cluster.security_group_id
  instance_class           = "db.m7g.large"
  storage_gb               = 100
  backup_days              = 14
  protected                = true
}

module "storage" {
  source                   = "../../modules/storage"
  name                     = local.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  client_security_group_id = module.cluster.security_group_id
  backup_days              = 90
  protected                = true
}

module "release" {
  source         = "../../modules/release"
  name           = local.name
  image_tag      = var.image_tag
  database_url   = module.database.url
  file_system_id = module.storage.file_system_id
  network_cidr   = module.network.cidr
  host           = var.host
  tls_secret     = "sdp-tls"
  web_replicas   = 3

  sizes = {
    inference  = { maxReplicas = 4 }
    optimizer  = { maxReplicas = 8 }
    sim-engine = { maxReplicas = 8 }
  }
}
