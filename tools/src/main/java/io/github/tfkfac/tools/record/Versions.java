package io.github.tfkfac.tools.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Versions as the jars on the class path state them.
 *
 * @param tfKfac this project
 * @param tensorFlowJava the Java binding
 * @param java the JVM
 */
public record Versions(String tfKfac, String tensorFlowJava, String java) {
  /** Stands for a version that no jar states, as in a build directory. */
  public static final String UNKNOWN = "unknown";

  /** Versions on the current class path. */
  public static Versions installed() {
    return new Versions(
        mavenVersion("io.github.tfkfac", "tf-kfac-tools"),
        mavenVersion("org.tensorflow", "tensorflow-core-api"),
        System.getProperty("java.version", UNKNOWN));
  }

  private static String mavenVersion(String group, String artifact) {
    String resource = "META-INF/maven/%s/%s/pom.properties".formatted(group, artifact);
    try (InputStream stream = Versions.class.getClassLoader().getResourceAsStream(resource)) {
      if (stream == null) {
        return UNKNOWN;
      }
      Properties properties = new Properties();
      properties.load(stream);
      return properties.getProperty("version", UNKNOWN);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
