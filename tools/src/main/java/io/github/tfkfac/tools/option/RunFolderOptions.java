package io.github.tfkfac.tools.option;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the folder of a new run, or the run that is resumed. */
public final class RunFolderOptions {

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where the run's own folder is made; default runs.")
  @Nullable Path runs;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the run's folder; default time, network and optimizer.")
  @Nullable String name;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Resume the run in this folder, with the options it was started with.")
  @Nullable Path resume;

  /**
   * The folder of the run to resume, if any.
   *
   * @throws UserError if options for a new run are given in addition
   */
  public Optional<Path> resumed() {
    if (resume != null && (runs != null || name != null)) {
      throw new UserError(
          "--runs and --name are for new runs; leave them out with --resume, which continues in "
              + resume);
    }
    return Optional.ofNullable(resume);
  }

  /** Rejects a folder that is there already, before anything costly is done. */
  public void requireAbsent() {
    RunFolder.requireFolder(root());
    if (name != null) {
      RunFolder.requireAbsent(root().resolve(name));
    }
  }

  /** Creates the folder of a new run. */
  public RunFolder create(String defaultName) throws IOException {
    return name == null
        ? RunFolder.create(root(), defaultName, Clock.system(ZoneId.systemDefault()))
        : RunFolder.create(root().resolve(name));
  }

  /** The folder of a new run if its name is given. */
  public Optional<Path> named() {
    return Optional.ofNullable(name).map(given -> root().resolve(given).toAbsolutePath());
  }

  /** The folder of a new run that another process creates. */
  public RunFolder elsewhere(String defaultName) {
    return new RunFolder(root().resolve(name == null ? defaultName : name).toAbsolutePath());
  }

  private Path root() {
    return runs == null ? Path.of("runs") : runs;
  }
}
