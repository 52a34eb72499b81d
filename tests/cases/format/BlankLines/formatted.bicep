targetScope = 'resourceGroup' // where it goes
param a string = 'x'

/* two */ /* comments */
param b int = 1
// the last word
