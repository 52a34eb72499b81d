@description('''first
    second
      third''')
param p string
var m = '''
kept
'''
output o string = m
