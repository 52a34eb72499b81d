metadata description = 'Compute instance of a workspace: a workstation for one person. Its schedule is kept by amlctl bootstrap.'

@description('Workspace that it belongs to.')
param workspaceName string

@description('Name, unique in the region.')
param name string

@description('Azure region.')
param location string

@description('Tags of the instance.')
param tags object

@description('Object id of the person it is assigned to; without one it belongs to who deploys.')
param ownerId string?

@description('Text shown in the studio.')
param summary string?

@description('VM size.')
param size string

@description('Stops after so long without work (ISO 8601); taken at creation only.')
param idleTime string

@description('true: it has a public address; needed without a network of its own.')
param nodePublicIp bool

@description('Script that runs once as root, at creation (base64).')
param setupScript string?

@description('Git repositories that the script clones.')
param repositories string[] = []

@description('Public SSH key of the owner, where SSH is wanted.')
param sshPublicKey string?

resource workspace 'Microsoft.MachineLearningServices/workspaces@2025-12-01' existing = {
  name: workspaceName
}

resource instance 'Microsoft.MachineLearningServices/workspaces/computes@2025-12-01' = {
  parent: workspace
  name: name
  location: location
  tags: tags
  properties: {
    computeType: 'ComputeInstance'
    computeLocation: location
    description: summary
    disableLocalAuth: sshPublicKey == null
    properties: {
      applicationSharingPolicy: 'Personal'
      computeInstanceAuthorizationType: 'personal'
      enableNodePublicIp: nodePublicIp
      enableSSO: true
      idleTimeBeforeShutdown: idleTime
      personalComputeInstanceSettings: ownerId == null
        ? null
        : {
            assignedUser: {
              objectId: ownerId!
              tenantId: tenant().tenantId
            }
          }
      setupScripts: setupScript == null
        ? null
        : {
            scripts: {
              creationScript: {
                scriptArguments: join(repositories, ' ')
                scriptData: setupScript
                scriptSource: 'inline'
                timeout: '30m'
              }
            }
          }
      sshSettings: {
        adminPublicKey: sshPublicKey
        sshPublicAccess: sshPublicKey == null ? 'Disabled' : 'Enabled'
      }
      vmSize: size
    }
  }
}
