targetScope = 'subscription'

metadata description = 'The platform of one person of a class: a resource group with everything in it.'

type participant = {
  @description('Short name of the person.')
  name: string

  @description('Object id in Entra.')
  objectId: string
  groupName: string
  workspaceName: string
  storageName: string
  keyVaultName: string
  insightsName: string
  workspaceIdentityName: string
  jobsIdentityName: string

  @description('Names of the instances in Azure, by the names of the plan.')
  instanceNames: { *: string }
}

type clusterPlan = {
  name: string
  summary: string?
  size: string
  priority: 'Dedicated' | 'LowPriority'
  minNodes: int
  maxNodes: int
  idleTime: string
}

type instancePlan = {
  name: string
  summary: string?
  size: string
  idleTime: string
  setupScript: string?
  repositories: string[]
  ssh: bool
  schedules: array
}

@description('The person, and the names of what is theirs.')
param person participant

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Ids of built-in roles by name.')
param roles object

@description('Log Analytics workspace of the class.')
param logsId string

@description('Container registry of the class.')
param registry { id: string, name: string, groupName: string }?

@description('Public IPv4 addresses and ranges that may reach the key vault.')
param allowedAddresses string[] = []

@description('How storage is kept.')
param storage {
  sku: string
  publicAccess: bool
  sharedKeyAccess: bool
  versioning: bool
  softDeleteDays: int
  shareSoftDeleteDays: int
  deleteLock: bool
}

@description('How the key vault is kept.')
param keyVault {
  publicAccess: bool
  softDeleteDays: int
  purgeProtection: bool
  deleteLock: bool
}

@description('How the workspace is set up.')
param workspace {
  displayName: string?
  summary: string?
  publicAccess: bool
  isolationMode: 'AllowInternetOutbound' | 'AllowOnlyApprovedOutbound' | 'Disabled'
  outboundRules: object?
  firewallSku: string?
  highBusinessImpact: bool
  datastoreAuth: 'AccessKey' | 'Identity'
  imageBuildCompute: string?
}

@description('true: senders may use the instrumentation key.')
param insightsLocalAuth bool

@description('Send the audit logs of every resource to the class.')
param audit bool

@description('true: computes have public addresses.')
param nodePublicIp bool

@description('Names of computes to leave out.')
param unavailable string[] = []

@description('The clusters.')
param clusters clusterPlan[] = []

@description('The instances; the person owns them.')
param instances instancePlan[] = []

@description('Roles of others in the resource group.')
param trainers array = []

var approvedOutbound = workspace.isolationMode == 'AllowOnlyApprovedOutbound'

// Batch jobs need queues and tables, and a vault that is open to addresses alone admits no compute. The service makes the
// other endpoints by itself.
var endpointParts = concat(
  approvedOutbound || !storage.publicAccess ? ['queue', 'table'] : [],
  keyVault.publicAccess && !approvedOutbound ? ['vault'] : []
)
var storageId = resourceId(
  subscription().subscriptionId,
  person.groupName,
  'Microsoft.Storage/storageAccounts',
  person.storageName
)
var vaultId = resourceId(
  subscription().subscriptionId,
  person.groupName,
  'Microsoft.KeyVault/vaults',
  person.keyVaultName
)
var endpoints = workspace.isolationMode == 'Disabled'
  ? {}
  : toObject(endpointParts, part => part == 'vault' ? 'key-vault' : 'storage-${part}', part => {
      type: 'PrivateEndpoint'
      category: 'UserDefined'
      destination: {
        serviceResourceId: part == 'vault' ? vaultId : storageId
        subresourceTarget: part
        sparkEnabled: false
      }
    })

var auditLogsId = audit ? logsId : null

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: person.groupName
  location: location
  tags: tags
}

module account 'storage.bicep' = {
  scope: group
  params: {
    name: person.storageName
    location: location
    tags: tags
    sku: storage.sku
    publicAccess: storage.publicAccess
    sharedKeyAccess: storage.sharedKeyAccess
    versioning: storage.versioning
    softDeleteDays: storage.softDeleteDays
    shareSoftDeleteDays: storage.shareSoftDeleteDays
    deleteLock: storage.deleteLock
    auditLogsId: auditLogsId
  }
}

module vault 'key_vault.bicep' = {
  scope: group
  params: {
    name: person.keyVaultName
    location: location
    tags: tags
    publicAccess: keyVault.publicAccess
    allowedAddresses: allowedAddresses
    softDeleteDays: keyVault.softDeleteDays
    purgeProtection: keyVault.purgeProtection
    deleteLock: keyVault.deleteLock
    auditLogsId: logsId
  }
}

module insights 'insights.bicep' = {
  scope: group
  params: {
    name: person.insightsName
    location: location
    tags: tags
    logsId: logsId
    localAuth: insightsLocalAuth
  }
}

module workspaceIdentity 'identity.bicep' = {
  scope: group
  params: {
    name: person.workspaceIdentityName
    location: location
    tags: tags
  }
}

module jobsIdentity 'identity.bicep' = {
  scope: group
  params: {
    name: person.jobsIdentityName
    location: location
    tags: tags
  }
}

module groupRoles 'group_roles.bicep' = {
  scope: group
  params: {
    grants: concat(
      [
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
      ],
      trainers
    )
  }
}

module accountRoles 'storage_roles.bicep' = {
  scope: group
  params: {
    storageName: account.outputs.name
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
        why: 'The workspace keeps notebooks there'
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
        principalId: person.objectId
        principalType: 'User'
        role: roles.storageBlobDataContributor
        why: 'Uploads data'
      }
      {
        principalId: person.objectId
        principalType: 'User'
        role: roles.storageFileDataPrivilegedContributor
        why: 'Keeps notebooks there'
      }
    ]
  }
}

module vaultRoles 'key_vault_roles.bicep' = {
  scope: group
  params: {
    keyVaultName: vault.outputs.name
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

module registryRoles 'registry_roles.bicep' = if (registry != null) {
  scope: resourceGroup(registry!.groupName)
  params: {
    registryName: registry!.name
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

module hub 'workspace.bicep' = {
  scope: group
  params: {
    name: person.workspaceName
    location: location
    tags: tags
    displayName: workspace.?displayName
    summary: workspace.?summary
    identityId: workspaceIdentity.outputs.id
    storageId: account.outputs.id
    keyVaultId: vault.outputs.id
    insightsId: insights.outputs.id
    registryId: registry.?id
    publicAccess: workspace.publicAccess
    isolationMode: workspace.isolationMode
    outboundRules: union(workspace.?outboundRules ?? {}, endpoints)
    firewallSku: workspace.?firewallSku
    dataIsolation: true
    highBusinessImpact: workspace.highBusinessImpact
    datastoreAuth: workspace.datastoreAuth
    imageBuildCompute: workspace.?imageBuildCompute
    auditLogsId: auditLogsId
  }
  dependsOn: [
    groupRoles
    accountRoles
    vaultRoles
    registryRoles
  ]
}

module workspaceRoles 'workspace_roles.bicep' = {
  scope: group
  params: {
    workspaceName: hub.outputs.name
    grants: [
      {
        principalId: person.objectId
        principalType: 'User'
        role: roles.azureMLDataScientist
        why: 'Works there, starts and stops the instance'
      }
      {
        principalId: jobsIdentity.outputs.principalId
        principalType: 'ServicePrincipal'
        role: roles.azureMLDataScientist
        why: 'Jobs log metrics and register models'
      }
    ]
  }
}

// One after the other: the first compute finishes the network.
@batchSize(1)
module cluster 'cluster.bicep' = [
  for plan in clusters: if (!contains(unavailable, plan.name)) {
    scope: group
    params: {
      workspaceName: hub.outputs.name
      name: plan.name
      location: location
      tags: tags
      summary: plan.?summary
      size: plan.size
      priority: plan.priority
      minNodes: plan.minNodes
      maxNodes: plan.maxNodes
      idleTime: plan.idleTime
      nodePublicIp: nodePublicIp
      identityId: jobsIdentity.outputs.id
    }
  }
]

module instance 'instance.bicep' = [
  for plan in instances: if (!contains(unavailable, person.instanceNames[plan.name])) {
    scope: group
    params: {
      workspaceName: hub.outputs.name
      name: person.instanceNames[plan.name]
      location: location
      tags: tags
      ownerId: person.objectId
      summary: plan.?summary
      size: plan.size
      idleTime: plan.idleTime
      nodePublicIp: nodePublicIp
      setupScript: plan.?setupScript
      repositories: plan.repositories
      ssh: plan.ssh
      schedules: plan.schedules
    }
    dependsOn: [
      cluster
    ]
  }
]

output workspaceId string = hub.outputs.id
output workspaceName string = hub.outputs.name
