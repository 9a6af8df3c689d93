rootProject.name = "offer-sync"
include("app")
