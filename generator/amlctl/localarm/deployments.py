"""x"""
ROUTES=()
