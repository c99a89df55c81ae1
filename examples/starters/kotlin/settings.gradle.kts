rootProject.name = "mine"
