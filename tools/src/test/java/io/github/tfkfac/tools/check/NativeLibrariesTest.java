package io.github.tfkfac.tools.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
  @TempDir Path folder;

  @Test
  void theOneOnTheClassPathIsFound() throws IOException {
    NativeLibraries natives = NativeLibraries.on(getClass().getClassLoader());

    assertThat(natives.found()).singleElement().asString().endsWith(natives.platform() + ".jar");
    assertThat(natives.problem()).isEmpty();
  }

  @Test
  void noneIsAProblemThatNamesTheArtifact() throws IOException {
    assertThat(onlyFolder().problem())
        .hasValueSatisfying(
            line -> assertThat(line).contains("found none").contains("tensorflow-core-native"));
  }

  @Test
  void cpuAndGpuTogetherAreAProblem() throws IOException {
    String platform = onlyFolder().platform();
    library(platform);
    library(platform + "-gpu");

    assertThat(onlyFolder().problem())
        .hasValueSatisfying(
            line -> assertThat(line).contains("found 2").contains("keep one, CPU or GPU"));
  }

  private void library(String platform) throws IOException {
    Path directory = folder.resolve("org/tensorflow/internal/c_api").resolve(platform);
    Files.createDirectories(directory);
    Files.createFile(directory.resolve(System.mapLibraryName("jnitensorflow")));
  }

  private NativeLibraries onlyFolder() throws IOException {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
      return NativeLibraries.on(loader);
    }
  }
}
