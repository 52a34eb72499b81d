module a 'gone.bicep' = {
  name: 'a'
}
