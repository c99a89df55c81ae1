package io.github.tfkfac.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Options that the launcher gives to those JDKs alone that know them. */
@EnabledOnOs(OS.LINUX)
class LauncherPermissionsTest {

  private static final String BOTH =
      "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow";

  @TempDir Path home;

  @Test
  void jdksFrom24OnGetThePermissionsThatTheyAskFor() throws IOException, InterruptedException {
    assertThat(options("JAVA_VERSION=\"25.0.1\"")).isEqualTo(BOTH);
    assertThat(options("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"24\"")).isEqualTo(BOTH);
    assertThat(options("JAVA_VERSION=\"23.0.2\"")).isEmpty();
    assertThat(options("JAVA_VERSION=\"17.0.15\"")).isEmpty();
    assertThat(options("IMPLEMENTOR=\"x\"")).isEmpty();
  }

  private String options(String release) throws IOException, InterruptedException {
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("release"), release + "\n");
    String launcher = Files.readString(Path.of("..", "kfac"));
    int from = launcher.indexOf("# What the JDK warns about");
    int to = launcher.indexOf("collector=-XX");
    assertThat(from).isPositive().isLessThan(to);
    String script = "set -u; java=$1\n" + launcher.substring(from, to) + "printf %s \"$jdk\"";
    Process process =
        new ProcessBuilder("bash", "-c", script, "bash", java.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }
}
