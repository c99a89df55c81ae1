package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.Documents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the guide's page on detection, one after the other. */
@Tag("data")
@Tag("detector")
class DetectionGuideTest {

  @TempDir Path folder;
  private final Program program = new Program();

  @Test
  @Tag("slow")
  void everyCommandWorksAfterTheOnesBefore() throws IOException {
    List<String> commands = commands();
    assertThat(commands).hasSizeGreaterThanOrEqualTo(9);
    int runs = 0;
    for (String command : commands) {
      List<String> words = words(command.replaceAll("--expect AP50=\\S+", "--expect AP50=0"));
      if (command.startsWith("detect train") || command.startsWith("detect overfit")) {
        runs++;
        words.addAll(
            List.of(
                "--steps=1", "--batch=1", "--short-side=64", "--optimizer=sgdm", "--threads=1"));
        words.addAll(List.of("--runs=" + folder, "--name=" + runs));
      }
      run(words);
    }
    assertThat(runs).isEqualTo(3);
  }

  @Test
  @Tag("long")
  void aRunWithoutOptionsReachesWhatIsExpectedOfIt() throws IOException {
    List<String> commands = commands();
    List<String> train = words(commands.get(0));
    assertThat(train).containsExactly("detect", "train");
    train.addAll(List.of("--runs=" + folder, "--name=1"));
    run(train);
    List<String> expecting =
        commands.stream().filter(one -> one.matches("detect eval RUN.*--expect.*")).toList();
    assertThat(expecting).isNotEmpty();
    expecting.forEach(command -> run(words(command)));
  }

  private void run(List<String> words) {
    int exitCode = program.run(words.toArray(String[]::new));
    assertThat(exitCode).as("%s%n%s%s", words, program.out(), program.err()).isZero();
  }

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    for (Documents.Block block : Documents.blocks(Path.of("../docs/guide/detection.md"))) {
      commands.addAll(block.commands());
    }
    return commands;
  }

  /** The words of a command, its names in capitals replaced by what they stand for. */
  private List<String> words(String command) {
    Path coco = Path.of(System.getenv("KFAC_DATA"), "coco-tiny");
    return new ArrayList<>(
        Arrays.stream(command.split(" "))
            .map(
                word ->
                    switch (word) {
                      case "RUN" -> folder.resolve("1").toString();
                      case "COCO" -> coco.toString();
                      case "results.json" -> folder.resolve("2/results.json").toString();
                      case "photo.jpg" -> photo(coco.resolve("val2017"));
                      default -> word;
                    })
            .toList());
  }

  private static String photo(Path images) {
    try (Stream<Path> all = Files.list(images)) {
      return all.sorted().findFirst().orElseThrow().toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
