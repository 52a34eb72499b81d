// Rendered by amlctl from 'environments/shared.yaml' and templates/. Do not edit: change those, then run amlctl render.
targetScope = 'subscription'

metadata description = 'Registry, logs and data for all'

var location = 'westeurope'

var tags = {
  environment: 'shared'
  'managed-by': 'amlctl'
  owner: 'ml-platform@example.com'
  'cost-center': 'ml-platform'
}

// The resource group.
resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-mlplat-shared'
  location: location
  tags: tags
}

module logs 'modules/logs.bicep' = {
  scope: group
  params: {
    name: 'log-mlplat-shared'
    location: location
    tags: tags
    retentionDays: 365
  }
}

module data 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'stdatamlplatsharedl42v3'
    location: location
    tags: tags
    sku: 'Standard_GZRS'
    publicAccess: false
    sharedKeyAccess: false
    versioning: true
    softDeleteDays: 30
    shareSoftDeleteDays: 14
    containers: [
      'training-data'
    ]
    deleteLock: true
    auditLogsId: logs.outputs.id
  }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: {
    name: 'crmlplatsharedl42v3'
    location: location
    tags: tags
    sku: 'Premium'
    publicAccess: false
    zoneRedundancy: true
    retentionDays: 15
    armTokens: true
    deleteLock: true
    auditLogsId: logs.outputs.id
  }
}
