// Rendered by amlctl from 'environments/test.yaml' and templates/. Do not edit: change those, then run amlctl render.
targetScope = 'subscription'

metadata description = 'Where a release is tried before production'

@description('Names of computes to leave out of this deployment, for example because there is no quota for them.')
param unavailable string[] = []

var location = 'westeurope'

var tags = {
  environment: 'test'
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
  name: 'rg-mlplat-test'
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
    name: 'appi-mlplat-test'
    location: location
    tags: tags
    logsId: logs.id
    localAuth: true
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'stmlplattestwdsaj'
    location: location
    tags: tags
    sku: 'Standard_ZRS'
    publicAccess: false
    sharedKeyAccess: false
    versioning: true
    softDeleteDays: 14
    shareSoftDeleteDays: 7
    deleteLock: true
    auditLogsId: logs.id
  }
}

module keyVault 'modules/key_vault.bicep' = {
  scope: group
  params: {
    name: 'kv-mlplat-test-wdsaj'
    location: location
    tags: tags
    publicAccess: false
    softDeleteDays: 90
    purgeProtection: true
    deleteLock: true
    auditLogsId: logs.id
  }
}

// Who the workspace and its jobs are, and what they and people may do.
module workspaceIdentity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-mlplat-test'
    location: location
    tags: tags
  }
}

module jobsIdentity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-jobs-mlplat-test'
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
        principalId: 'b52d7a10-6c3f-4e98-b1d4-7f8e2a0c9d36'
        principalType: 'Group'
        role: roles.storageBlobDataContributor
        why: 'rbac.team-blobs'
      }
      {
        principalId: 'b52d7a10-6c3f-4e98-b1d4-7f8e2a0c9d36'
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
        principalId: 'b52d7a10-6c3f-4e98-b1d4-7f8e2a0c9d36'
        principalType: 'Group'
        role: roles.storageBlobDataReader
        why: 'Uses training_data'
      }
    ]
  }
}

// What computes may call besides what Azure ML itself needs.
var outboundRules = {
  'conda-anaconda-com': {
    type: 'FQDN'
    category: 'UserDefined'
    destination: 'anaconda.com'
  }
  'conda-all-anaconda-com': {
    type: 'FQDN'
    category: 'UserDefined'
    destination: '*.anaconda.com'
  }
  'conda-all-anaconda-org': {
    type: 'FQDN'
    category: 'UserDefined'
    destination: '*.anaconda.org'
  }
  'python-index': {
    type: 'FQDN'
    category: 'UserDefined'
    destination: 'packages.example.com'
  }
  'storage-queue': {
    type: 'PrivateEndpoint'
    category: 'UserDefined'
    destination: {
      serviceResourceId: storage.outputs.id
      subresourceTarget: 'queue'
      sparkEnabled: false
    }
  }
  'storage-table': {
    type: 'PrivateEndpoint'
    category: 'UserDefined'
    destination: {
      serviceResourceId: storage.outputs.id
      subresourceTarget: 'table'
      sparkEnabled: false
    }
  }
  'data-blob': {
    type: 'PrivateEndpoint'
    category: 'UserDefined'
    destination: {
      serviceResourceId: data.id
      subresourceTarget: 'blob'
      sparkEnabled: false
    }
  }
}

// The workspace; its identity needs its roles first.
module workspace 'modules/workspace.bicep' = {
  scope: group
  params: {
    name: 'mlw-mlplat-test'
    location: location
    tags: tags
    displayName: 'ML platform, test'
    summary: 'Release candidates'
    identityId: workspaceIdentity.outputs.id
    storageId: storage.outputs.id
    keyVaultId: keyVault.outputs.id
    insightsId: insights.outputs.id
    registryId: registry.id
    publicAccess: false
    isolationMode: 'AllowOnlyApprovedOutbound'
    outboundRules: outboundRules
    firewallSku: 'Standard'
    dataIsolation: true
    highBusinessImpact: false
    datastoreAuth: 'Identity'
    imageBuildCompute: 'cpu-cluster'
    auditLogsId: logs.id
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
        principalId: 'b52d7a10-6c3f-4e98-b1d4-7f8e2a0c9d36'
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
