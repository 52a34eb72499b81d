// Rendered by amlctl from 'environments/dev.yaml' and templates/. Do not edit: change those, then run amlctl render.
targetScope = 'subscription'

metadata description = 'Where the team tries things out'

@description('Names of computes to leave out of this deployment, for example because there is no quota for them.')
param unavailable string[] = []

var location = 'westeurope'

var tags = {
  environment: 'dev'
  'managed-by': 'amlctl'
  owner: 'ml-platform@example.com'
  'cost-center': 'ml-platform'
}

var roles = {
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  azureAIEnterpriseNetworkConnectionApprover: 'b556d68e-0be0-4f35-a333-ad7ee1ce17ea'
  azureMLComputeOperator: 'e503ece1-11d0-4e8e-8e2c-7a6c3bf38815'
  azureMLDataScientist: 'f6c7c914-8db3-469d-8ca1-694a8f32e121'
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  keyVaultAdministrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  storageFileDataPrivilegedContributor: '69566ab7-960f-475b-8e7c-b3118f30c6bd'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

// The resource group.
resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-mlplat-dev'
  location: location
  tags: tags
}

// What other environments use too.
@description('Managed by the stack shared.')
resource data 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  scope: resourceGroup('rg-mlplat-shared')
  name: 'stdatamlplatsharedl42v3'
}

@description('Managed by the stack shared.')
resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  scope: resourceGroup('rg-mlplat-shared')
  name: 'crmlplatsharedl42v3'
}

@description('Managed by the stack shared.')
resource logs 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  scope: resourceGroup('rg-mlplat-shared')
  name: 'log-mlplat-shared'
}

module insights 'modules/insights.bicep' = {
  scope: group
  params: {
    name: 'appi-mlplat-dev'
    location: location
    tags: tags
    logsId: logs.id
    localAuth: true
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'stmlplatdevpjxfz'
    location: location
    tags: tags
    sku: 'Standard_LRS'
    publicAccess: true
    sharedKeyAccess: true
    versioning: false
    softDeleteDays: 7
    shareSoftDeleteDays: 7
    deleteLock: false
  }
}

module keyVault 'modules/key_vault.bicep' = {
  scope: group
  params: {
    name: 'kv-mlplat-dev-pjxfz'
    location: location
    tags: tags
    publicAccess: true
    softDeleteDays: 7
    purgeProtection: false
    deleteLock: false
    auditLogsId: logs.id
  }
}

// Who the workspace and its jobs are, and what they and people may do.
module workspaceIdentity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-mlplat-dev'
    location: location
    tags: tags
  }
}

module jobsIdentity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-jobs-mlplat-dev'
    location: location
    tags: tags
  }
}

module groupRoles 'modules/group_roles.bicep' = {
  scope: group
  params: {
    grants: [
      {
        principalId: workspaceIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.contributor
        why: 'The workspace manages its resources'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.azureAIEnterpriseNetworkConnectionApprover
        why: 'The managed network makes private endpoints'
      }
    ]
  }
}

module storageRoles 'modules/storage_roles.bicep' = {
  scope: group
  params: {
    storageName: storage.outputs.name
    grants: [
      {
        principalId: workspaceIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.storageBlobDataContributor
        why: 'The workspace keeps artifacts there'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.storageFileDataPrivilegedContributor
        why: 'The workspace keeps notebooks'
      }
      {
        principalId: jobsIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.storageBlobDataContributor
        why: 'Jobs read and write data'
      }
      {
        principalId: jobsIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.storageFileDataPrivilegedContributor
        why: 'Jobs mount the file shares of the workspace'
      }
      {
        principalId: jobsIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.storageQueueDataContributor
        why: 'Parallel and batch jobs hand out work'
      }
      {
        principalId: jobsIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.storageTableDataContributor
        why: 'Parallel and batch jobs keep count'
      }
      {
        principalId: '5a1e7c90-3b2d-4f68-9e04-c8d7b6a5f431'
        principalType: 'User'
        role: roles.storageBlobDataContributor
        why: 'Owns the instance ci-ada'
      }
      {
        principalId: '5a1e7c90-3b2d-4f68-9e04-c8d7b6a5f431'
        principalType: 'User'
        role: roles.storageFileDataPrivilegedContributor
        why: 'Owns the instance ci-ada'
      }
      {
        principalId: '8d3f2b61-7c4e-4a95-b0d2-1e6f9a8c7b52'
        principalType: 'User'
        role: roles.storageBlobDataContributor
        why: 'Owns the instance ci-bao'
      }
      {
        principalId: '8d3f2b61-7c4e-4a95-b0d2-1e6f9a8c7b52'
        principalType: 'User'
        role: roles.storageFileDataPrivilegedContributor
        why: 'Owns the instance ci-bao'
      }
      {
        principalId: '3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90'
        principalType: 'Group'
        role: roles.storageBlobDataContributor
        why: 'rbac.team-blobs'
      }
      {
        principalId: '3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90'
        principalType: 'Group'
        role: roles.storageFileDataPrivilegedContributor
        why: 'rbac.team-files'
      }
    ]
  }
}

module dataRoles 'modules/storage_roles.bicep' = {
  scope: resourceGroup('rg-mlplat-shared')
  params: {
    storageName: data.name
    grants: [
      {
        principalId: workspaceIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.azureAIEnterpriseNetworkConnectionApprover
        why: 'The managed network makes private endpoints'
      }
    ]
  }
}

module keyVaultRoles 'modules/key_vault_roles.bicep' = {
  scope: group
  params: {
    keyVaultName: keyVault.outputs.name
    grants: [
      {
        principalId: workspaceIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.keyVaultAdministrator
        why: 'The workspace keeps connection secrets there'
      }
    ]
  }
}

module registryRoles 'modules/registry_roles.bicep' = {
  scope: resourceGroup('rg-mlplat-shared')
  params: {
    registryName: registry.name
    grants: [
      {
        principalId: workspaceIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.contributor
        why: 'The workspace manages its part of a shared resource'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.azureAIEnterpriseNetworkConnectionApprover
        why: 'The managed network makes private endpoints'
      }
      {
        principalId: jobsIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.acrPull
        why: 'Jobs pull their images'
      }
    ]
  }
}

module dataTrainingDataRoles 'modules/container_roles.bicep' = {
  scope: resourceGroup('rg-mlplat-shared')
  params: {
    accountName: data.name
    container: 'training-data'
    grants: [
      {
        principalId: workspaceIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.storageBlobDataReader
        why: 'The studio shows training_data'
      }
      {
        principalId: jobsIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.storageBlobDataReader
        why: 'Jobs use training_data'
      }
      {
        principalId: '3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90'
        principalType: 'Group'
        role: roles.storageBlobDataReader
        why: 'Uses training_data'
      }
      {
        principalId: '5a1e7c90-3b2d-4f68-9e04-c8d7b6a5f431'
        principalType: 'User'
        role: roles.storageBlobDataReader
        why: 'Uses training_data'
      }
      {
        principalId: '8d3f2b61-7c4e-4a95-b0d2-1e6f9a8c7b52'
        principalType: 'User'
        role: roles.storageBlobDataReader
        why: 'Uses training_data'
      }
    ]
  }
}

// What computes may call besides what Azure ML itself needs.
var outboundRules = {
  'data-blob': {
    type: 'PrivateEndpoint'
    category: 'UserDefined'
    destination: {
      serviceResourceId: data.id
      subresourceTarget: 'blob'
      sparkEnabled: false
    }
  }
  'key-vault': {
    type: 'PrivateEndpoint'
    category: 'UserDefined'
    destination: {
      serviceResourceId: keyVault.outputs.id
      subresourceTarget: 'vault'
      sparkEnabled: false
    }
  }
}

// The workspace; its identity needs its roles first.
module workspace 'modules/workspace.bicep' = {
  scope: group
  params: {
    name: 'mlw-mlplat-dev'
    location: location
    tags: tags
    displayName: 'ML platform, dev'
    summary: 'Experiments of the data science team'
    identityId: workspaceIdentity.outputs.id
    storageId: storage.outputs.id
    keyVaultId: keyVault.outputs.id
    insightsId: insights.outputs.id
    registryId: registry.id
    publicAccess: true
    isolationMode: 'AllowInternetOutbound'
    outboundRules: outboundRules
    dataIsolation: true
    highBusinessImpact: false
    datastoreAuth: 'Identity'
    imageBuildCompute: 'cpu-cluster'
  }
  dependsOn: [
    groupRoles
    storageRoles
    dataRoles
    keyVaultRoles
    registryRoles
    dataTrainingDataRoles
  ]
}

// Computes: the first one alone, then the others.
module cpuCluster 'modules/cluster.bicep' = if (!contains(unavailable, 'cpu-cluster')) {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    name: 'cpu-cluster'
    location: location
    tags: tags
    summary: 'data preparation and training without a GPU'
    size: 'STANDARD_D4ds_v5'
    priority: 'Dedicated'
    minNodes: 0
    maxNodes: 5
    idleTime: 'PT15M'
    nodePublicIp: false
    identityId: jobsIdentity.outputs.id
  }
}

module gpuCluster 'modules/cluster.bicep' = if (!contains(unavailable, 'gpu-cluster')) {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    name: 'gpu-cluster'
    location: location
    tags: tags
    summary: 'deep learning'
    size: 'STANDARD_NC4as_T4_v3'
    priority: 'Dedicated'
    minNodes: 0
    maxNodes: 2
    idleTime: 'PT15M'
    nodePublicIp: false
    identityId: jobsIdentity.outputs.id
  }
  dependsOn: [
    cpuCluster
  ]
}

module spareCluster 'modules/cluster.bicep' = if (!contains(unavailable, 'spare-cluster')) {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    name: 'spare-cluster'
    location: location
    tags: tags
    summary: 'sweeps that can wait'
    size: 'STANDARD_D4ds_v5'
    priority: 'LowPriority'
    minNodes: 0
    maxNodes: 2
    idleTime: 'PT2M'
    nodePublicIp: false
    identityId: jobsIdentity.outputs.id
  }
  dependsOn: [
    cpuCluster
  ]
}

module ciAdaInstance 'modules/instance.bicep' = if (!contains(unavailable, 'ci-ada-pjxfz')) {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    name: 'ci-ada-pjxfz'
    location: location
    tags: tags
    ownerId: '5a1e7c90-3b2d-4f68-9e04-c8d7b6a5f431'
    summary: 'notebooks of Ada'
    size: 'STANDARD_D4ds_v5'
    idleTime: 'PT30M'
    nodePublicIp: false
    setupScript: loadFileAsBase64('../../scripts/compute_instance_setup.sh')
    repositories: [
      'https://github.com/Azure/azureml-examples'
    ]
    schedules: [
      {
        action: 'Start'
        status: 'Enabled'
        triggerType: 'Cron'
        cron: { expression: '30 8 * * 1,2,3,4,5', timeZone: 'W. Europe Standard Time' }
      }
      {
        action: 'Stop'
        status: 'Enabled'
        triggerType: 'Cron'
        cron: { expression: '0 18 * * 1,2,3,4,5', timeZone: 'W. Europe Standard Time' }
      }
    ]
  }
  dependsOn: [
    cpuCluster
  ]
}

module ciBaoInstance 'modules/instance.bicep' = if (!contains(unavailable, 'ci-bao-pjxfz')) {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    name: 'ci-bao-pjxfz'
    location: location
    tags: tags
    ownerId: '8d3f2b61-7c4e-4a95-b0d2-1e6f9a8c7b52'
    summary: 'notebooks of Bao'
    size: 'STANDARD_D4ds_v5'
    idleTime: 'PT30M'
    nodePublicIp: false
    schedules: [
      {
        action: 'Stop'
        status: 'Enabled'
        triggerType: 'Cron'
        cron: { expression: '0 18 * * 1,2,3,4,5', timeZone: 'W. Europe Standard Time' }
      }
    ]
  }
  dependsOn: [
    cpuCluster
  ]
}

// Data that jobs know by name.
module trainingDataDatastore 'modules/datastore_blob.bicep' = {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    name: 'training_data'
    accountName: data.name
    accountGroup: 'rg-mlplat-shared'
    container: 'training-data'
    summary: 'Curated data that jobs read'
  }
}

// Who may work in it.
module workspaceRoles 'modules/workspace_roles.bicep' = {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    grants: [
      {
        principalId: jobsIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.azureMLDataScientist
        why: 'Jobs log metrics and register models'
      }
      {
        principalId: '3b0f6c52-8a4d-4f0e-9a57-2c1d6e8b7f90'
        principalType: 'Group'
        role: roles.azureMLDataScientist
        why: 'rbac.team'
      }
      {
        principalId: '71c9d2e4-5f36-4b8a-8e1c-0a9b3d4f6e27'
        principalType: 'Group'
        role: roles.azureMLComputeOperator
        why: 'rbac.operators'
      }
    ]
  }
}

output resourceGroupName string = group.name
output workspaceName string = workspace.outputs.name
output workspaceId string = workspace.outputs.id
output mlflowTrackingUri string = workspace.outputs.mlflowTrackingUri
