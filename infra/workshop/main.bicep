// Rendered by amlctl from 'environments/workshop.yaml' and templates/. Do not edit: change those, then run amlctl render.
targetScope = 'subscription'

metadata description = 'Half-day class'

@description('Names of computes to leave out of this deployment, for example because there is no quota for them.')
param unavailable string[] = []

var location = 'koreacentral'

var tags = {
  environment: 'workshop'
  'managed-by': 'amlctl'
  owner: 'ml-platform@example.com'
  expires: '2027-03-12'
  'cost-center': 'ml-platform'
}

var roles = {
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  azureAIEnterpriseNetworkConnectionApprover: 'b556d68e-0be0-4f35-a333-ad7ee1ce17ea'
  azureMLDataScientist: 'f6c7c914-8db3-469d-8ca1-694a8f32e121'
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  keyVaultAdministrator: '00482a5a-887f-4fb3-b363-3b7fe8e74483'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageFileDataPrivilegedContributor: '69566ab7-960f-475b-8e7c-b3118f30c6bd'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

var people = [
  {
    name: 'ada'
    objectId: '5a1e7c90-3b2d-4f68-9e04-c8d7b6a5f431'
    groupName: 'rg-mlplat-workshop-ada'
    workspaceName: 'mlw-mlplat-workshop-ada'
    storageName: 'stmlplatworkshopadaxegal'
    keyVaultName: 'kv-mlplat-wo-w4oan-xegal'
    insightsName: 'appi-mlplat-workshop-ada'
    workspaceIdentityName: 'id-mlplat-workshop-ada'
    jobsIdentityName: 'id-jobs-mlplat-workshop-ada'
    instanceNames: {
      notebook: 'notebook-ada-xegal'
    }
  }
  {
    name: 'bao'
    objectId: '8d3f2b61-7c4e-4a95-b0d2-1e6f9a8c7b52'
    groupName: 'rg-mlplat-workshop-bao'
    workspaceName: 'mlw-mlplat-workshop-bao'
    storageName: 'stmlplatworkshopbaoxegal'
    keyVaultName: 'kv-mlplat-wo-4zjr5-xegal'
    insightsName: 'appi-mlplat-workshop-bao'
    workspaceIdentityName: 'id-mlplat-workshop-bao'
    jobsIdentityName: 'id-jobs-mlplat-workshop-bao'
    instanceNames: {
      notebook: 'notebook-bao-xegal'
    }
  }
  {
    name: 'chika'
    objectId: 'c7b64e0d-1f58-4d3a-8a92-6b0e5d4c3f27'
    groupName: 'rg-mlplat-workshop-chika'
    workspaceName: 'mlw-mlplat-workshop-chika'
    storageName: 'stmlplatworksheextnxegal'
    keyVaultName: 'kv-mlplat-wo-k4j3p-xegal'
    insightsName: 'appi-mlplat-workshop-chika'
    workspaceIdentityName: 'id-mlplat-workshop-chika'
    jobsIdentityName: 'id-jobs-mlplat-workshop-chika'
    instanceNames: {
      notebook: 'notebook-chika-xegal'
    }
  }
  {
    name: 'dilan'
    objectId: '29f8d5a3-6e70-4c1b-95f4-d3a2b1c0e876'
    groupName: 'rg-mlplat-workshop-dilan'
    workspaceName: 'mlw-mlplat-workshop-dilan'
    storageName: 'stmlplatworkshi76prxegal'
    keyVaultName: 'kv-mlplat-wo-y5udm-xegal'
    insightsName: 'appi-mlplat-workshop-dilan'
    workspaceIdentityName: 'id-mlplat-workshop-dilan'
    jobsIdentityName: 'id-jobs-mlplat-workshop-dilan'
    instanceNames: {
      notebook: 'notebook-dilan-xegal'
    }
  }
  {
    name: 'eun'
    objectId: 'e60b9c47-5d21-4837-a6ce-0f9d8e7b6a15'
    groupName: 'rg-mlplat-workshop-eun'
    workspaceName: 'mlw-mlplat-workshop-eun'
    storageName: 'stmlplatworkshopeunxegal'
    keyVaultName: 'kv-mlplat-wo-ynuw4-xegal'
    insightsName: 'appi-mlplat-workshop-eun'
    workspaceIdentityName: 'id-mlplat-workshop-eun'
    jobsIdentityName: 'id-jobs-mlplat-workshop-eun'
    instanceNames: {
      notebook: 'notebook-eun-xegal'
    }
  }
]

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-mlplat-workshop'
  location: location
  tags: tags
}

module logs 'modules/logs.bicep' = {
  scope: group
  params: {
    name: 'log-mlplat-workshop'
    location: location
    tags: tags
    retentionDays: 30
    dailyCapGb: 1
  }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: {
    name: 'crmlplatworkshopxegal'
    location: location
    tags: tags
    sku: 'Standard'
    publicAccess: true
    zoneRedundancy: false
    retentionDays: 7
    armTokens: true
    deleteLock: false
  }
}

module platforms 'modules/person.bicep' = [
  for person in people: {
    params: {
      person: person
      location: location
      tags: tags
      roles: roles
      logsId: logs.outputs.id
      registry: {
        id: registry.outputs.id
        name: registry.outputs.name
        groupName: 'rg-mlplat-workshop'
      }
      storage: {
        sku: 'Standard_LRS'
        publicAccess: true
        sharedKeyAccess: true
        versioning: false
        softDeleteDays: 7
        shareSoftDeleteDays: 7
        deleteLock: false
      }
      keyVault: {
        publicAccess: true
        softDeleteDays: 7
        purgeProtection: false
        deleteLock: false
      }
      workspace: {
        displayName: 'ML workshop'
        publicAccess: true
        isolationMode: 'AllowInternetOutbound'
        highBusinessImpact: false
        datastoreAuth: 'Identity'
      }
      insightsLocalAuth: true
      audit: false
      unavailable: unavailable
      nodePublicIp: false
      clusters: [
        {
          name: 'cpucluster'
          size: 'STANDARD_D2ds_v5'
          priority: 'Dedicated'
          minNodes: 0
          maxNodes: 4
          idleTime: 'PT15M'
        }
        {
          name: 'gpucluster'
          size: 'STANDARD_NV6ads_A10_v5'
          priority: 'Dedicated'
          minNodes: 0
          maxNodes: 4
          idleTime: 'PT15M'
        }
      ]
      instances: [
        {
          name: 'notebook'
          size: 'STANDARD_D4ds_v5'
          idleTime: 'PT30M'
          setupScript: loadFileAsBase64('../../scripts/compute_instance_setup.sh')
          repositories: [
            'https://github.com/Azure/azureml-examples'
          ]
          ssh: false
          schedules: []
        }
      ]
    }
  }
]

output workspaceIds string[] = [for (person, index) in people: platforms[index].outputs.workspaceId]
