targetScope = 'tenant'
resource mg 'Microsoft.Management/managementGroups@2021-04-01' = {
  name: 'mg'
}
module inGroup 'mg.bicep' = {
  scope: mg
  name: 'inGroup'
}
module named 'mg.bicep' = {
  scope: managementGroup('other')
  name: 'named'
}
output id string = mg.id
