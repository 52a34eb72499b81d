param given object
param tags object
param both object
param picked string
