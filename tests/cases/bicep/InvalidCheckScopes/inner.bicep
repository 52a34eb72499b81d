param wanted string
output result string = wanted
