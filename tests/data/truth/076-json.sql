{"error": "NoSuchKey"}
