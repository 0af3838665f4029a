<!DOCTYPE html><html><body><h1>403 Forbidden</h1></body></html>
