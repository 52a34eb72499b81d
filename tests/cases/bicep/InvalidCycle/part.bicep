module b 'main.bicep' = {
  name: 'b'
}
