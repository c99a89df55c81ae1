package io.github.tfkfac.models.savedmodel;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that appears under its name in one move, when it is complete and on the disk; until then
 * it is beside that name, with {@code .unfinished} added.
 */
final class NewFolder {

  private final Path target;
  private final Path unfinished;

  private NewFolder(Path target) {
    this.target = target;
    this.unfinished = sibling(".unfinished");
  }

  /**
   * Begins a folder; what an earlier attempt left is removed.
   *
   * @throws SavedModelException if the target exists and is not to be replaced
   */
  static NewFolder begin(Path target, ModelExport.Existing existing) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    if (Files.exists(absolute) && existing == ModelExport.Existing.REJECT) {
      throw SavedModelException.of(
          target, "no such folder yet", "one", "name another, or let it be replaced");
    }
    if (Files.exists(absolute) && !Files.isRegularFile(absolute.resolve(SavedModelFile.NAME))) {
      throw SavedModelException.of(
          target,
          "a SavedModel that is to be replaced",
          "something without saved_model.pb",
          "name another folder");
    }
    NewFolder folder = new NewFolder(absolute);
    delete(folder.unfinished);
    Files.createDirectories(folder.unfinished);
    return folder;
  }

  /** Folder in which the content is to be put. */
  Path content() {
    return unfinished;
  }

  /** Moves the folder to its place. */
  void complete() throws IOException {
    for (Path path : contents(unfinished)) {
      force(path);
    }
    Path previous = sibling(".previous");
    delete(previous);
    if (Files.exists(target)) {
      Files.move(target, previous, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    force(target.resolveSibling("."));
    delete(previous);
  }

  /** Removes what has been written. */
  void abandon() throws IOException {
    delete(unfinished);
  }

  private Path sibling(String suffix) {
    return target.resolveSibling(target.getFileName() + suffix);
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void delete(Path folder) throws IOException {
    for (Path path : contents(folder)) {
      Files.delete(path);
    }
  }

  /** A folder and all in it, a folder after its content. */
  private static List<Path> contents(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
