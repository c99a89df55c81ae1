package io.github.tfkfac.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.cli.ConfigFile.Entry;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("run.yaml");
  }

  @Test
  void scalarsAndListsBecomeTextWithTheirLines() throws IOException {
    ConfigFile config =
        read("# a run\noptimizer: nkfac\nlearning-rate: 0.05\naugment: true\nseeds: [1, 2, 3]\n");

    assertThat(config.entries())
        .containsEntry("optimizer", new Entry("nkfac", 2))
        .containsEntry("learning-rate", new Entry("0.05", 3))
        .containsEntry("augment", new Entry("true", 4))
        .containsEntry("seeds", new Entry("1,2,3", 5))
        .hasSize(4);
  }

  @Test
  void anEmptyFileSetsNothing() throws IOException {
    assertThat(read("# nothing yet\n").entries()).isEmpty();
  }

  @Test
  void brokenYamlIsReportedInOneLineWithItsPlace() {
    assertThatThrownBy(() -> read("optimizer: nkfac\nepochs: [1, 2\nseed: 3\n"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ":3: not valid YAML: ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void nestedValuesAreRejected() {
    assertThatThrownBy(() -> read("optimizer:\n  name: nkfac\n"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            file + ":2: expected a value or a list of values for 'optimizer', found a mapping");
  }

  @Test
  void aMissingValueIsRejected() {
    assertThatThrownBy(() -> read("epochs: 3\noptimizer:\n"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("for 'optimizer', found nothing");
  }

  @Test
  void somethingElseThanAMappingIsRejected() {
    assertThatThrownBy(() -> read("- optimizer\n"))
        .isInstanceOf(UserError.class)
        .hasMessage(file + ":1: expected a mapping 'option: value', found a list");
  }

  @Test
  void anOptionSetTwiceIsRejected() {
    assertThatThrownBy(() -> read("epochs: 3\nepochs: 4\n"))
        .isInstanceOf(UserError.class)
        .hasMessage(file + ":2: 'epochs' is set twice; keep one");
  }

  @Test
  void nothingIsLeftUnread() {
    assertThatThrownBy(() -> read("epochs: 3\n---\nlr: 0.1\n"))
        .isInstanceOf(UserError.class)
        .hasMessage(file + ":3: expected one document, found another; keep one");
    assertThatThrownBy(() -> read("model: &a mlp\nname: *a\n"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            file + ":2: expected a value for 'name', found the alias '*a'; write the value itself");
  }

  @Test
  void whatIsNoTextIsSaidToBeNone() throws IOException {
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff});
    assertThatThrownBy(() -> ConfigFile.read(file))
        .isInstanceOf(UserError.class)
        .hasMessage(file + ": expected UTF-8 text, found other bytes");
    assertThatThrownBy(() -> ConfigFile.read(folder))
        .isInstanceOf(UserError.class)
        .hasMessage(folder + ": expected a YAML file, found a folder");
  }

  @Test
  void unknownOptionsAreRejectedWithTheNearestKnownOne() throws IOException {
    ConfigFile config = read("epochs: 3\nlerning-rate: 0.1\n");

    assertThatThrownBy(() -> config.requireKnown(List.of("epochs", "learning-rate")))
        .isInstanceOf(UserError.class)
        .hasMessage(
            file
                + ":2: unknown option 'lerning-rate'; did you mean 'learning-rate'?"
                + " known: epochs, learning-rate");
  }

  private ConfigFile read(String yaml) throws IOException {
    Files.writeString(file, yaml);
    return ConfigFile.read(file);
  }
}
