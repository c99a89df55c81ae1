plugins {
    application
}

repositories {
    mavenLocal() // where 'mvn install -DskipTests' of tf-kfac puts it
    mavenCentral()
}

java {
    toolchain { languageVersion = JavaLanguageVersion.of(17) }
}

dependencies {
    implementation("io.github.tfkfac:tf-kfac:0.1.0")
    runtimeOnly("org.tensorflow:tensorflow-core-native:1.1.0:linux-x86_64")
}

application {
    mainClass = "example.DropIn" // with Digits.java and Network.java in src/main/java/example
}
