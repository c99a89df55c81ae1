package io.github.tfkfac.tools.detect;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.ImageFiles;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Parts of a data set's folder, as COCO has them and as CVAT, Roboflow and Label Studio write them.
 *
 * <p>A part has a file of its own, or there is one file for all parts. The images are in the first
 * of the usual folders that has them. Upper and lower case do not matter.
 *
 * @param folder of the data set
 */
record CocoLayout(Path folder) {

  /** Other names of a part. */
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "train", List.of("train", "training"),
          "val", List.of("val", "valid", "validation"));

  /** A file for all parts, in order: several tools, CVAT, Label Studio, Roboflow. */
  private static final List<Candidate> SHARED =
      List.of(
          new Candidate("annotations/instances.json", List.of("images")),
          new Candidate("annotations/instances_default.json", List.of("images/default", "images")),
          new Candidate("result.json", List.of("images")),
          new Candidate("_annotations.coco.json", List.of()));

  private static final int MOST_NAMES = 5;

  /**
   * A place of annotations.
   *
   * @param annotations file below the folder
   * @param images folders of its images below the folder, the likeliest first
   */
  private record Candidate(String annotations, List<String> images) {}

  /**
   * The files of a part.
   *
   * @throws UserError if nothing fits, or several files do
   */
  CocoFiles part(String part, String remedy) throws IOException {
    List<Candidate> own = candidates(part);
    for (List<Candidate> group : List.of(own, SHARED)) {
      List<CocoFiles> found = found(group, remedy);
      if (found.size() > 1) {
        throw new UserError(
            "%s: expected one file of annotations for the part '%s', found %s; %s"
                .formatted(
                    folder,
                    part,
                    found.stream().map(one -> below(one.annotations())).collect(joining(" and ")),
                    remedy));
      }
      if (!found.isEmpty()) {
        return found.get(0);
      }
    }
    throw new UserError(
        "%s: expected the annotations of the part '%s' as one of %s, found %s; %s"
            .formatted(folder, part, lookedFor(part), jsonFiles(), remedy));
  }

  /** The files of a part that has annotations of its own. */
  Optional<CocoFiles> ownPart(String part) throws IOException {
    return found(candidates(part), "").stream().findFirst();
  }

  private static String lookedFor(String part) {
    List<String> names = NAMES.getOrDefault(part, List.of(part));
    return Stream.concat(candidates(List.of(part), List.of("")).stream(), SHARED.stream())
            .map(Candidate::annotations)
            .collect(joining(", "))
        + names.stream()
            .skip(1)
            .map(name -> "'" + name + "'")
            .collect(
                joining(
                    " or ",
                    names.size() > 1 ? ", or with " : "",
                    names.size() > 1 ? " in place of '" + part + "'" : ""));
  }

  private static List<Candidate> candidates(String part) {
    return candidates(NAMES.getOrDefault(part, List.of(part)), List.of("", "2017", "2014"));
  }

  private static List<Candidate> candidates(List<String> names, List<String> years) {
    List<Candidate> all = new ArrayList<>();
    for (String name : names) {
      for (String year : years) {
        String of = name + year;
        List<String> images = List.of(of, "images/" + of, of + "/images", "images");
        all.add(new Candidate("annotations/instances_" + of + ".json", images));
        if (year.isEmpty()) {
          all.add(new Candidate("annotations/" + of + ".json", images));
          all.add(new Candidate(of + "/_annotations.coco.json", List.of(of)));
          all.add(new Candidate(of + "/result.json", List.of(of + "/images", of)));
          all.add(
              new Candidate(
                  of + "/annotations/instances_default.json",
                  List.of(of + "/images/default", of + "/images")));
          all.add(new Candidate(of + ".json", images));
        }
      }
    }
    return all;
  }

  private List<CocoFiles> found(List<Candidate> candidates, String remedy) throws IOException {
    List<CocoFiles> found = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Optional<Path> file = existing(candidate.annotations()).filter(Files::isRegularFile);
      if (file.isPresent()) {
        found.add(new CocoFiles(file.get(), images(file.get(), candidate, remedy)));
      }
    }
    return found;
  }

  /** The folder that has the first image, the only one that exists, or the likeliest. */
  private Path images(Path annotations, Candidate candidate, String remedy) throws IOException {
    List<Path> folders = new ArrayList<>();
    for (String name : candidate.images()) {
      existing(name).filter(Files::isDirectory).ifPresent(folders::add);
    }
    if (folders.size() < 2) {
      return folders.stream()
          .findFirst()
          .orElseGet(
              () ->
                  candidate.images().isEmpty()
                      ? folder
                      : folder.resolve(candidate.images().get(0)));
    }
    Optional<CocoImage> first = InstancesReader.firstImage(annotations);
    if (first.isEmpty()) {
      return folders.get(0);
    }
    List<Path> fitting =
        folders.stream().filter(one -> Files.isRegularFile(file(one, first.get()))).toList();
    if (fitting.stream().map(one -> file(one, first.get()).normalize()).collect(toSet()).size()
        > 1) {
      throw new UserError(
          "%s: expected one folder with the images of %s, found %s in %s; %s"
              .formatted(
                  folder,
                  below(annotations),
                  first.get().fileName(),
                  fitting.stream().map(this::below).collect(joining(" and ")),
                  remedy));
    }
    return fitting.isEmpty() ? folders.get(0) : fitting.get(0);
  }

  private static Path file(Path images, CocoImage image) {
    return new ImageFiles(images, List.of(image)).of(image);
  }

  /** Existing path of a name in upper or lower case. */
  private Optional<Path> existing(String name) throws IOException {
    Path at = folder;
    for (Path part : Path.of(name)) {
      if (!Files.isDirectory(at)) {
        return Optional.empty();
      }
      Path exact = at.resolve(part);
      if (Files.exists(exact)) {
        at = exact;
        continue;
      }
      try (Stream<Path> files = Files.list(at)) {
        Optional<Path> other =
            files
                .filter(
                    file -> String.valueOf(file.getFileName()).equalsIgnoreCase(part.toString()))
                .sorted()
                .findFirst();
        if (other.isEmpty()) {
          return Optional.empty();
        }
        at = other.get();
      }
    }
    return Optional.of(at);
  }

  private String jsonFiles() throws IOException {
    try (Stream<Path> files =
        Files.find(folder, 2, (file, is) -> file.toString().endsWith(".json"))) {
      List<String> names = files.sorted().map(this::below).toList();
      return names.isEmpty()
          ? "no JSON file"
          : names.stream().limit(MOST_NAMES).collect(joining(", "))
              + (names.size() > MOST_NAMES ? ", ..." : "");
    }
  }

  private String below(Path file) {
    return folder.relativize(file).toString();
  }
}
