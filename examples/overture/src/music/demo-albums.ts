interface DemoAlbum {
  readonly artist: string;
  readonly title: string;
  readonly year: number;
  readonly genre: string;
  readonly tracks: readonly string[];
}

/** Music of nobody: names and notes are made up here. */
export const demoAlbums: readonly DemoAlbum[] = [
  {
    artist: "The Paper Lanterns",
    title: "Harbour Lights",
    year: 2011,
    genre: "Indie",
    tracks: [
      "Low Tide",
      "Ferry at Six",
      "Salt on the Window",
      "Lantern Street",
      "Quiet Engines",
      "Last Boat",
    ],
  },
  {
    artist: "Mira Solveig",
    title: "Nordlys",
    year: 2013,
    genre: "Ambient",
    tracks: ["First Snow", "Kitchen Radio", "Blå timme", "Long Shadows", "Fjell", "Home by Ten"],
  },
  {
    artist: "Copper & Pine",
    title: "Slow Carpentry",
    year: 2009,
    genre: "Folk",
    tracks: ["Sawdust", "Two Chairs", "The Level", "Dovetail", "Rain on Tin", "Finished Table"],
  },
  {
    artist: "Night Bus Theory",
    title: "Route 42",
    year: 2014,
    genre: "Electronic",
    tracks: ["Request Stop", "Upper Deck", "Neon Depot", "Transfer", "Empty Seats", "Terminus"],
  },
];
