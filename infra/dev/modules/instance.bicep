metadata description = 'Compute instance of a workspace: a workstation for one person. amlctl bootstrap changes its schedule later.'

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

@description('true: SSH is on; without a key the owner sets one up in the studio.')
param ssh bool = false

@description('Public SSH key of the owner; Azure takes none for an instance of somebody else.')
param sshPublicKey string?

@description('Single sign-on. Azure switches it off for an instance with a setup script or of somebody else.')
param singleSignOn bool = false

type schedule = {
  action: 'Start' | 'Stop'
  status: 'Enabled'
  triggerType: 'Cron'
  cron: { expression: string, timeZone: string }
}

@description('When it starts and stops by itself; taken at creation only.')
param schedules schedule[] = []

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
    disableLocalAuth: !ssh
    properties: {
      applicationSharingPolicy: 'Personal'
      computeInstanceAuthorizationType: 'personal'
      enableNodePublicIp: nodePublicIp
      enableSSO: singleSignOn ? true : null
      idleTimeBeforeShutdown: idleTime
      personalComputeInstanceSettings: ownerId == null
        ? null
        : {
            assignedUser: {
              objectId: ownerId!
              tenantId: tenant().tenantId
            }
          }
      schedules: empty(schedules) ? null : { computeStartStop: schedules }
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
        sshPublicAccess: ssh ? 'Enabled' : 'Disabled'
      }
      vmSize: size
    }
  }
}
