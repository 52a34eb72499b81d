var good = 1
var   bad   =   = 2
this is   no declaration
var also = [1, 2]
param   p   string   extra
output last int = 3
