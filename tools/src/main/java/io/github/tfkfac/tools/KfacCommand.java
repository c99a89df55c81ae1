package io.github.tfkfac.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root command; the work is in its subcommands. */
@Command(
    name = "kfac",
    description = "Second-order (K-FAC) training with TensorFlow-Java.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLines.class,
    subcommandsRepeatable = false,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:bad input: an option, a file or a name to correct",
      "130:interrupted (Ctrl-C)"
    },
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  KFAC_JAVA_OPTS   more options for the JVM, such as -Xmx8g",
      "  KFAC_NATIVE=gpu  build and run with TensorFlow's GPU library"
    })
public final class KfacCommand {
  static final String STACKTRACE = "--stacktrace";

  /** Shown where no command is given. */
  static final String FIRST_STEPS =
      """
      Second-order (K-FAC) training with TensorFlow-Java. Begin with one of these:
        ./kfac train                               ResNet-20 on images that it draws, a few minutes
        ./kfac train --dataset cifar10 --data DIR  the same on CIFAR-10, binary version
        ./kfac finetune MODEL --data DIR           a SavedModel further, and written back
        ./kfac detect train                        an object detector on shapes that it draws
        ./kfac compare --seeds 1,2,3               optimizers side by side, with a report
        ./kfac doctor                              is this machine fit for it?
        ./kfac --help                              all commands; docs/guide/README.md is the guide
      """;

  @Option(
      names = STACKTRACE,
      scope = ScopeType.INHERIT,
      description = "Show the whole stack trace of a failure.")
  boolean stacktrace;
}
