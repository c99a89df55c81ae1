package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.check.Examination;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.Failure;
import io.github.tfkfac.tools.render.Json;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what machine, JVM and TensorFlow this is, and which gradients TensorFlow gets right. */
@Command(
    name = "doctor",
    description = "Check this machine, TensorFlow, its devices and its gradients.",
    mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--placement",
      paramLabel = "MODEL",
      arity = "0..1",
      fallbackValue = PlacementReport.DEFAULT,
      description =
          "Show instead which operations of training steps would run on a GPU, and what would be"
              + " copied: of a network by name, a SavedModel's folder or "
              + PlacementReport.DETECTOR
              + ", with every optimizer; default ${FALLBACK-VALUE}. Needs TensorFlow's GPU native"
              + " (KFAC_NATIVE=gpu), but no GPU.")
  @Nullable String placement;

  @Option(names = "--json", description = "Print the facts as JSON.")
  boolean json;

  /** Writes to {@code console}. */
  public DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (placement != null) {
      PlacementReport.print(placement, json, console);
      return 0;
    }
    Examination examination = Examination.run();
    console.out().print(json ? Json.text(examination) + "\n" : ExaminationText.of(examination));
    examination.problems().forEach(line -> console.err().println("kfac: error: " + line));
    return examination.problems().isEmpty() ? 0 : Failure.FAILED;
  }
}
