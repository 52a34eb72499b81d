targetScope = 'managementGroup'
resource definition 'Microsoft.Authorization/policyDefinitions@2021-06-01' = {
  name: 'definition'
}
output id string = definition.id
output here string = managementGroup().name
