package io.github.tfkfac.tools.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.CommandRunner;
import io.github.tfkfac.tools.cli.ConfigOption;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A line that is added to a copy of the table is an option in every respect. */
class SettingOptionsTest {

  private static final Setting<Integer> PATIENCE =
      Setting.count("patience", "EPOCHS", "Epochs to wait.")
          .defaultsTo(known -> known.get(RunSettings.BATCH) / 2)
          .check(epochs -> epochs >= 0, ">= 0 epochs to wait")
          .essential();

  private static final List<Setting<?>> TABLE = table();

  private static List<Setting<?>> table() {
    List<Setting<?>> table = new ArrayList<>(RunSettings.BUILT);
    table.addAll(Setting.section("Run", List.of(PATIENCE)));
    return table;
  }

  @Command(name = "wait", mixinStandardHelpOptions = true)
  static final class Wait implements Callable<Integer>, TakesSettings {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin ConfigOption config = new ConfigOption();
    Map<String, String> recorded = Map.of();

    @Override
    public List<Setting<?>> settings() {
      return TABLE;
    }

    @Override
    public Integer call() {
      recorded = Settings.of(TABLE, SettingOptions.given(spec, TABLE)).options();
      return 0;
    }
  }

  @TempDir Path folder;
  private final Wait command = new Wait();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), false);
    return new CommandRunner(console, Map.of("wait", command)).run(arguments);
  }

  @Test
  void theCommandLineHasItAndTheRecordToo() {
    assertThat(run("wait", "--patience=3", "--no-augment")).as(err.toString()).isZero();
    assertThat(command.recorded).containsEntry("patience", "3").containsEntry("augment", "false");
    assertThat(Settings.of(TABLE, command.recorded).get(PATIENCE)).isEqualTo(3);
  }

  @Test
  void aConfigurationFileHasIt() throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), "patience: 9\n");
    assertThat(run("wait", "--config=" + file)).as(err.toString()).isZero();
    assertThat(command.recorded).containsEntry("patience", "9");
    Files.writeString(file, "patience: long\n");
    assertThat(run("wait", "--config=" + file)).isEqualTo(2);
    assertThat(err.toString()).contains(file + ":1: ", "'long'", "--patience");
  }

  @Test
  void theHelpHasItWithTheDefaultThatIsInEffect() {
    assertThat(run("wait", "--batch=10", "--help")).isZero();
    assertThat(out.toString().replaceAll("\\s+", " "))
        .contains("--patience=EPOCHS Epochs to wait (default: 5).")
        .contains("--batch=N Images per batch (default: 10).")
        .doesNotContain("--label-smoothing");
  }

  @Test
  void itsCheckRejectsAndItsValueTellsRunsApart() {
    assertThatThrownBy(() -> Settings.of(TABLE, Map.of("patience", "-1")))
        .hasMessage("expected >= 0 epochs to wait, found -1");
    assertThatThrownBy(() -> Settings.of(TABLE, Map.of("patience", "few")))
        .isInstanceOf(UserError.class)
        .hasMessage("expected a whole number for 'patience', found 'few'");
    assertThat(Settings.of(TABLE, Map.of()).identity()).containsEntry("patience", "64");
    assertThat(Settings.of(TABLE, Map.of("patience", "1")))
        .isNotEqualTo(Settings.of(TABLE, Map.of()));
  }
}
