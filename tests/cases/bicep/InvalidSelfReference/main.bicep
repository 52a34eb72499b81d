module a 'main.bicep' = {
  name: 'a'
}
