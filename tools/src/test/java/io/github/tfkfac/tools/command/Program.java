package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.tools.CommandRunner;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.lab.command.CompareCommand;
import io.github.tfkfac.tools.lab.command.DetectAblationCommand;
import io.github.tfkfac.tools.lab.command.ExperimentCommand;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs command lines in this process and keeps what they write. */
final class Program {
  /** A task of seconds: 64 tiny images, four steps per epoch. */
  static final List<String> TINY =
      List.of(
          "--model=mlp",
          "--image-size=8",
          "--train-images=64",
          "--test-images=32",
          "--batch=16",
          "--epochs=3",
          "--threads=1");

  private String out = "";
  private String err = "";

  /** Runs a command line; returns its exit code. */
  int run(String... arguments) {
    StringWriter outText = new StringWriter();
    StringWriter errText = new StringWriter();
    Console console = new Console(new PrintWriter(outText), new PrintWriter(errText), false);
    int exitCode =
        new CommandRunner(
                console,
                Map.of(
                    "train", new TrainCommand(console),
                    "finetune", new FinetuneCommand(console),
                    "eval", new EvalCommand(console),
                    "report", new ReportCommand(console),
                    "compare", new CompareCommand(console),
                    "detect",
                        DetectCommand.line(console)
                            .addSubcommand(new DetectAblationCommand(console)),
                    "experiment", ExperimentCommand.line(console)))
            .run(arguments);
    out = outText.toString();
    err = errText.toString();
    return exitCode;
  }

  /** Runs a command line on two workers, as threads of this process. */
  static List<Program> onTwoWorkers(String... arguments) {
    String addresses = "--workers=" + String.join(",", freeAddresses());
    List<CompletableFuture<Program>> workers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String[] ofWorker =
          Stream.concat(Stream.of(arguments), Stream.of(addresses, "--worker=" + i))
              .toArray(String[]::new);
      workers.add(
          CompletableFuture.supplyAsync(
              () -> {
                Program program = new Program();
                assertThat(program.run(ofWorker)).as(program.err()).isZero();
                return program;
              },
              task -> new Thread(task).start()));
    }
    return workers.stream().map(CompletableFuture::join).toList();
  }

  private static List<String> freeAddresses() {
    try {
      return Cluster.localAddresses(2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command on the tiny task, with more options. */
  int runTiny(String command, String... more) {
    return run(withTiny(command, more));
  }

  /** The command line of {@link #runTiny}; an option given twice counts as in {@code more}. */
  static String[] withTiny(String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command));
    Set<String> given = Stream.of(more).map(Program::name).collect(Collectors.toSet());
    TINY.stream().filter(option -> !given.contains(name(option))).forEach(arguments::add);
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** Trains the tiny task up to a step, as {@code train} does when it is interrupted there. */
  static Path interruptedAfter(long step, Path folder, String... options) throws IOException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String option : withTiny("train", options)) {
      int assignment = option.indexOf('=');
      if (assignment > 0) {
        values.put(option.substring(2, assignment), option.substring(assignment + 1));
      }
    }
    RunSettings settings = RunSettings.of(values);
    DataSettings.Loaded images = settings.data().load();
    StopSignal stop = new StopSignal();
    TrainingListener stopper =
        new TrainingListener() {
          @Override
          public void stepped(StepReport report) {
            if (report.step() == step) {
              stop.request();
            }
          }
        };
    ClassificationRun run = new ClassificationRun(settings, images, RunFolder.create(folder));
    ClassificationRun.Outcome outcome =
        RecordedRun.start(run, "train", List.of()).run(List.of(stopper), line -> {}, stop);
    assertThat(outcome.finished()).isFalse();
    assertThat(outcome.training().step()).isEqualTo(step);
    return run.folder().path();
  }

  private static String name(String option) {
    return option.replaceFirst("=.*", "");
  }

  String out() {
    return out;
  }

  String err() {
    return err;
  }

  /** The only line on the error stream. */
  String onlyLine() {
    assertThat(err.lines()).as(err).hasSize(1);
    return err.strip();
  }

  /** The only line that tells an error, among the lines of progress. */
  String errorLine() {
    Stream<String> errors = err.lines().filter(line -> line.startsWith("kfac: error: "));
    List<String> lines = errors.toList();
    assertThat(lines).as(err).hasSize(1);
    assertThat(err).doesNotContain("\tat ");
    return lines.get(0);
  }
}
