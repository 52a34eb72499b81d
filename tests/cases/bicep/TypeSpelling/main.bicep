resource space 'microsoft.machinelearningservices/WORKSPACES@2024-04-01' = {
  name: 'space'
  location: 'west'
}
resource unknown 'Contoso.Unknown/Things@2020-01-01' = {
  name: 'thing'
}
output a string = space.type
output b string = unknown.type
