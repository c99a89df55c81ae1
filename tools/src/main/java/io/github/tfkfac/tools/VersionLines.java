package io.github.tfkfac.tools;

import io.github.tfkfac.tools.record.Versions;
import picocli.CommandLine.IVersionProvider;

/** The {@code --version} text; read from the jars, so that no native library is loaded for it. */
final class VersionLines implements IVersionProvider {
  @Override
  public String[] getVersion() {
    Versions versions = Versions.installed();
    return new String[] {
      "kfac %s (TensorFlow-Java %s, Java %s)"
          .formatted(versions.tfKfac(), versions.tensorFlowJava(), versions.java())
    };
  }
}
