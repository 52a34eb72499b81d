metadata description = 'Compute cluster of a workspace: grows with its jobs, shrinks when idle.'

@description('Workspace that it belongs to.')
param workspaceName string

@description('Name in the workspace.')
param name string

@description('Region of the workspace.')
param location string

@description('Tags of the cluster.')
param tags object

@description('Text shown in the studio.')
param summary string?

@description('Region of the nodes, where it is another one.')
param nodeLocation string = location

@description('VM size of every node.')
param size string

@description('LowPriority nodes are Spot VMs: their price changes, and they may be evicted.')
@allowed([
  'Dedicated'
  'LowPriority'
])
param priority string

@description('Nodes that always run.')
param minNodes int

@description('The most nodes it may have.')
param maxNodes int

@description('How long a node waits for the next job (ISO 8601).')
param idleTime string

@description('true: every node has a public address; needed without a network of its own.')
param nodePublicIp bool

@description('User-assigned identity that jobs sign in with.')
param identityId string?

@description('Administrator on the nodes, where SSH is wanted.')
param sshUser string?

@description('Public SSH key of the administrator.')
param sshPublicKey string?

resource workspace 'Microsoft.MachineLearningServices/workspaces@2025-12-01' existing = {
  name: workspaceName
}

resource cluster 'Microsoft.MachineLearningServices/workspaces/computes@2025-12-01' = {
  parent: workspace
  name: name
  location: location
  tags: tags
  identity: identityId == null
    ? null
    : {
        type: 'UserAssigned'
        userAssignedIdentities: {
          '${identityId}': {}
        }
      }
  properties: {
    computeType: 'AmlCompute'
    computeLocation: nodeLocation
    description: summary
    disableLocalAuth: sshUser == null
    properties: {
      enableNodePublicIp: nodePublicIp
      osType: 'Linux'
      remoteLoginPortPublicAccess: 'Disabled'
      scaleSettings: {
        maxNodeCount: maxNodes
        minNodeCount: minNodes
        nodeIdleTimeBeforeScaleDown: idleTime
      }
      userAccountCredentials: sshUser == null
        ? null
        : {
            adminUserName: sshUser!
            adminUserSshPublicKey: sshPublicKey
          }
      vmPriority: priority
      vmSize: size
    }
  }
}
