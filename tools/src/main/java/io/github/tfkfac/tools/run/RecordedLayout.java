package io.github.tfkfac.tools.run;

import static io.github.tfkfac.WorkerLayout.COMMUNICATION;
import static io.github.tfkfac.WorkerLayout.MEMORY;

import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.setting.Form;
import io.github.tfkfac.tools.setting.Setting;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The place of a run's averages and inverses, which its checkpoints depend on. A record has it
 * where they are divided among workers.
 *
 * @param layout the place
 * @param workers how many there were, 1 if any number may go on
 */
public record RecordedLayout(WorkerLayout layout, int workers) {

  /** The option. */
  public static final Setting<WorkerLayout> SETTING =
      new Setting<>(
              "worker-layout",
              "LAYOUT",
              Form.oneOf(
                  "layout",
                  Form.ordered(
                      Map.entry("communication", COMMUNICATION), Map.entry("memory", MEMORY))),
              "Averages and inverses of a second-order optimizer: all on every worker"
                  + " (communication, sends less), or those of a layer on one (memory, takes less);"
                  + " the latter needs --name, and a resumed run as many workers.")
          .defaultsTo(COMMUNICATION);

  private static final String COUNT = "worker-count";

  /** What the record of a run of these workers has besides its settings. */
  static Map<String, String> options(TrainingWorkers workers) {
    Map<String, String> options = new LinkedHashMap<>();
    if (workers.isDivided()) {
      options.put(SETTING.name(), text(MEMORY));
      options.put(COUNT, Integer.toString(workers.exchanges().count()));
    }
    return options;
  }

  /** Takes it out of recorded options, which leaves the settings. */
  static void remove(Map<String, String> options) {
    options.remove(SETTING.name());
    options.remove(COUNT);
  }

  /** That of a run. */
  public static RecordedLayout of(RunRecord record) {
    String layout =
        String.valueOf(record.options().getOrDefault(SETTING.name(), text(COMMUNICATION)));
    String workers = String.valueOf(record.options().getOrDefault(COUNT, 1));
    return new RecordedLayout(SETTING.form().reader().apply(layout), Integer.parseInt(workers));
  }

  /** That of the run in a folder. */
  public static RecordedLayout of(RunFolder folder) throws IOException {
    return of(RunRecord.read(folder));
  }

  /**
   * Rejects to go on in another way.
   *
   * @param wanted the layout that is asked for, if any
   * @param count of the workers that are to go on
   */
  public void require(RunFolder folder, Optional<WorkerLayout> wanted, int count) {
    if (wanted.isPresent() && wanted.get() != layout) {
      RecordedRun.requireSameOptions(
          folder, Map.of(SETTING.name(), text(layout)), Map.of(SETTING.name(), text(wanted.get())));
    }
    if (layout == MEMORY && workers != count) {
      throw new UserError(
          "expected %s, among whom the state of %s is divided, found %d; resume it with as many, or start a new run"
              .formatted(Counts.of(workers, "worker"), folder.path(), count));
    }
  }

  /** A process that evaluates the chief's checkpoints. */
  public TrainingWorkers reader(RunFolder folder) {
    return layout == MEMORY
        ? TrainingWorkers.readingDivided(workers, folder.path())
        : TrainingWorkers.alone();
  }

  private static String text(WorkerLayout layout) {
    return SETTING.form().writer().apply(layout);
  }
}
