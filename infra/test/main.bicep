targetScope = 'subscription'

metadata description = 'Where a release is tried before production'

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
  storageFileDataPrivilegedContributor: '69566ab7-960f-475b-8e7c-b3118f30c6bd'
}

// Where everything lies.
resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-mlplat-test'
  location: location
  tags: tags
}

// What other environments use too.
@description('Made and kept by the stack shared.')
resource storage 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  scope: resourceGroup('rg-mlplat-shared')
  name: 'stmlplatsharedl42v3'
}

@description('Made and kept by the stack shared.')
resource keyVault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  scope: resourceGroup('rg-mlplat-shared')
  name: 'kv-mlplat-shared-l42v3'
}

@description('Made and kept by the stack shared.')
resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  scope: resourceGroup('rg-mlplat-shared')
  name: 'crmlplatsharedl42v3'
}

@description('Made and kept by the stack shared.')
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
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.contributor
        why: 'The workspace manages its resources'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.azureAIEnterpriseNetworkConnectionApprover
        why: 'The managed network makes private endpoints'
      }
    ]
  }
}

module storageRoles 'modules/storage_roles.bicep' = {
  scope: resourceGroup('rg-mlplat-shared')
  params: {
    storageName: storage.name
    grants: [
      {
        principalId: workspaceIdentity.outputs.principalId
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.storageBlobDataContributor
        why: 'The workspace keeps artifacts there'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.storageFileDataPrivilegedContributor
        why: 'The workspace keeps notebooks'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.contributor
        why: 'The workspace manages its part of a shared resource'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.azureAIEnterpriseNetworkConnectionApprover
        why: 'The managed network makes private endpoints'
      }
      {
        principalId: jobsIdentity.outputs.principalId
        identityId: jobsIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.storageBlobDataContributor
        why: 'Jobs read and write data'
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

module keyVaultRoles 'modules/key_vault_roles.bicep' = {
  scope: resourceGroup('rg-mlplat-shared')
  params: {
    keyVaultName: keyVault.name
    grants: [
      {
        principalId: workspaceIdentity.outputs.principalId
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.keyVaultAdministrator
        why: 'The workspace keeps connection secrets there'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.contributor
        why: 'The workspace manages its part of a shared resource'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.azureAIEnterpriseNetworkConnectionApprover
        why: 'The managed network makes private endpoints'
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
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.contributor
        why: 'The workspace manages its part of a shared resource'
      }
      {
        principalId: workspaceIdentity.outputs.principalId
        identityId: workspaceIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.azureAIEnterpriseNetworkConnectionApprover
        why: 'The managed network makes private endpoints'
      }
      {
        principalId: jobsIdentity.outputs.principalId
        identityId: jobsIdentity.outputs.id
        principalType: 'ServicePrincipal'
        role: roles.acrPull
        why: 'Jobs pull their images'
      }
    ]
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
    storageId: storage.id
    keyVaultId: keyVault.id
    insightsId: insights.outputs.id
    registryId: registry.id
    publicAccess: false
    isolationMode: 'AllowOnlyApprovedOutbound'
    dataIsolation: true
    highBusinessImpact: false
    datastoreAuth: 'Identity'
    imageBuildCompute: 'cpu-cluster'
    auditLogsId: logs.id
  }
  dependsOn: [
    groupRoles
    storageRoles
    keyVaultRoles
    registryRoles
  ]
}

// Computes.
module cpuCluster 'modules/cluster.bicep' = {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    name: 'cpu-cluster'
    location: location
    tags: tags
    summary: 'data preparation and training without a GPU'
    size: 'STANDARD_DS3_v2'
    priority: 'Dedicated'
    minNodes: 0
    maxNodes: 5
    idleTime: 'PT15M'
    nodePublicIp: false
    identityId: jobsIdentity.outputs.id
  }
}

module gpuCluster 'modules/cluster.bicep' = {
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
}

module spareCluster 'modules/cluster.bicep' = {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    name: 'spare-cluster'
    location: location
    tags: tags
    summary: 'sweeps that can wait'
    size: 'STANDARD_DS3_v2'
    priority: 'LowPriority'
    minNodes: 0
    maxNodes: 2
    idleTime: 'PT2M'
    nodePublicIp: false
    identityId: jobsIdentity.outputs.id
  }
}

// Data that jobs know by name.
module trainingDataDatastore 'modules/datastore_blob.bicep' = {
  scope: group
  params: {
    workspaceName: workspace.outputs.name
    name: 'training_data'
    accountName: storage.name
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
        identityId: jobsIdentity.outputs.id
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
